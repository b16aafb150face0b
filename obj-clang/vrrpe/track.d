obj-clang/vrrpe/track.o: vrrpe/track.c vrrpe/track.h

vrrpe/track.h:
