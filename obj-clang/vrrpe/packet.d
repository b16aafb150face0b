obj-clang/vrrpe/packet.o: vrrpe/packet.c vrrpe/packet.h \
  vrrpe/counter.h

vrrpe/packet.h:

vrrpe/counter.h:
