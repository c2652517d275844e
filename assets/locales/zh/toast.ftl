# 通知。

toast-close = 关闭
