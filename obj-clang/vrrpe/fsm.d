obj-clang/vrrpe/fsm.o: vrrpe/fsm.c vrrpe/fsm.h vrrpe/counter.h \
  vrrpe/fsm_int.h

vrrpe/fsm.h:

vrrpe/counter.h:

vrrpe/fsm_int.h:
