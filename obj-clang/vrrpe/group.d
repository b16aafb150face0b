obj-clang/vrrpe/group.o: vrrpe/group.c vrrpe/group.h vrrpe/fsm.h \
  vrrpe/counter.h

vrrpe/group.h:

vrrpe/fsm.h:

vrrpe/counter.h:
