# Thanh bên.

sidebar-this-computer = trên máy tính này
sidebar-jump = Đi tới…
sidebar-add-room = Tạo hoặc xem các phòng
sidebar-rooms = Phòng
sidebar-channels = Kênh ngang hàng
sidebar-add-channel = Kênh ngang hàng mới
sidebar-direct = Trực tiếp
sidebar-add-direct = Nói chuyện trực tiếp với ai đó
sidebar-no-direct = Hãy chọn một người trong phòng nào đó
sidebar-sealed = { $count } niêm phong
sidebar-offline = Ngoại tuyến
sidebar-settings = Cài đặt
