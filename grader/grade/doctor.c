#include "grade/doctor.h"

int doctor_main(FILE *out)
{
	fprintf(out, "not yet\n");
	return 2;
}

const char *doctor_isolation(const struct run *run)
{
	(void)run;
	return "best effort";
}
