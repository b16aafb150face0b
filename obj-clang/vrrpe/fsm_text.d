obj-clang/vrrpe/fsm_text.o: vrrpe/fsm_text.c vrrpe/fsm.h \
  vrrpe/counter.h

vrrpe/fsm.h:

vrrpe/counter.h:
