obj-clang/vrrpe/packet_encode.o: vrrpe/packet_encode.c \
  vrrpe/packet.h vrrpe/counter.h

vrrpe/packet.h:

vrrpe/counter.h:
