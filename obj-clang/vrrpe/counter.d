obj-clang/vrrpe/counter.o: vrrpe/counter.c vrrpe/counter.h

vrrpe/counter.h:
