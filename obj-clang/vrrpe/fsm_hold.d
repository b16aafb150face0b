obj-clang/vrrpe/fsm_hold.o: vrrpe/fsm_hold.c vrrpe/fsm.h \
  vrrpe/counter.h vrrpe/fsm_int.h

vrrpe/fsm.h:

vrrpe/counter.h:

vrrpe/fsm_int.h:
