# 表单的组成部分。

form-show-password = 显示密码
form-hide-password = 隐藏密码
