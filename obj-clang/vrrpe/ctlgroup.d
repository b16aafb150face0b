obj-clang/vrrpe/ctlgroup.o: vrrpe/ctlgroup.c vrrpe/control.h \
  vrrpe/vrrpe.h common/addr.h conf/conf.h conf/route.h common/vrrpd.h \
  common/ctl.h common/msg.h common/payload.h common/imsg.h common/log.h \
  common/peer.h conf/wire.h vrrpe/counter.h vrrpe/fsm.h vrrpe/group.h \
  vrrpe/heap.h vrrpe/packet.h vrrpe/track.h common/mono.h

vrrpe/control.h:

vrrpe/vrrpe.h:

common/addr.h:

conf/conf.h:

conf/route.h:

common/vrrpd.h:

common/ctl.h:

common/msg.h:

common/payload.h:

common/imsg.h:

common/log.h:

common/peer.h:

conf/wire.h:

vrrpe/counter.h:

vrrpe/fsm.h:

vrrpe/group.h:

vrrpe/heap.h:

vrrpe/packet.h:

vrrpe/track.h:

common/mono.h:
