obj-clang/vrrpe/claim.o: vrrpe/claim.c vrrpe/claim.h common/addr.h

vrrpe/claim.h:

common/addr.h:
