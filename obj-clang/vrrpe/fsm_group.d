obj-clang/vrrpe/fsm_group.o: vrrpe/fsm_group.c vrrpe/fsm.h \
  vrrpe/counter.h vrrpe/fsm_int.h

vrrpe/fsm.h:

vrrpe/counter.h:

vrrpe/fsm_int.h:
