/* tcp-server: build-failed
 * The same by its whole path. */
#include "@ROOT@/solutions/tcp-server/server.c"
