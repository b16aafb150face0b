obj-clang/vrrpe/fsm_role.o: vrrpe/fsm_role.c vrrpe/fsm.h \
  vrrpe/counter.h vrrpe/fsm_int.h

vrrpe/fsm.h:

vrrpe/counter.h:

vrrpe/fsm_int.h:
