obj-clang/checker/quorum.o: checker/quorum.c checker/quorum.h conf/conf.h \
  common/addr.h conf/route.h common/vrrpd.h

checker/quorum.h:

conf/conf.h:

common/addr.h:

conf/route.h:

common/vrrpd.h:
