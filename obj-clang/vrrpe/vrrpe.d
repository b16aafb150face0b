obj-clang/vrrpe/vrrpe.o: vrrpe/vrrpe.c common/child.h common/payload.h \
  common/addr.h common/msg.h common/vrrpd.h common/sandbox.h \
  common/mono.h vrrpe/vrrpe.h conf/conf.h conf/route.h common/ctl.h \
  common/imsg.h common/log.h common/peer.h conf/wire.h vrrpe/counter.h \
  vrrpe/fsm.h vrrpe/group.h vrrpe/heap.h vrrpe/packet.h vrrpe/track.h

common/child.h:

common/payload.h:

common/addr.h:

common/msg.h:

common/vrrpd.h:

common/sandbox.h:

common/mono.h:

vrrpe/vrrpe.h:

conf/conf.h:

conf/route.h:

common/ctl.h:

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
