obj-clang/vrrpe/heap.o: vrrpe/heap.c vrrpe/heap.h

vrrpe/heap.h:
