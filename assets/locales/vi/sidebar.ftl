# Thanh bên.

sidebar-this-computer = trên máy tính này
sidebar-jump = Đi tới…
sidebar-add-room = Tạo hoặc xem các phòng
sidebar-rooms = Phòng
sidebar-offline = Ngoại tuyến
sidebar-settings = Cài đặt
