obj-clang/vrrpe/packet_ah.o: vrrpe/packet_ah.c vrrpe/packet.h \
  vrrpe/counter.h

vrrpe/packet.h:

vrrpe/counter.h:
