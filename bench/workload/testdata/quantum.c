// Drives libquantum: the part of Shor's algorithm that is a quantum computer's, for 15 and 33, each several times. The random numbers are
// those of one seed, so that every run does the same. Prints what was measured.
#include <stdio.h>
#include <stdlib.h>

#include <quantum.h>

static int once(int n, int x) {
	int width = quantum_getwidth(n * n), scratch = 3 * quantum_getwidth(n) + 2;
	quantum_reg reg = quantum_new_qureg(0, width);
	for (int i = 0; i < width; i++) quantum_hadamard(i, &reg);
	quantum_addscratch(scratch, &reg);
	quantum_exp_mod_n(n, x, width, quantum_getwidth(n), &reg);
	for (int i = 0; i < scratch; i++) quantum_bmeasure(0, &reg);
	quantum_qft(width, &reg);
	int measured = (int)quantum_measure(reg);
	quantum_delete_qureg(&reg);
	return measured;
}

int main(void) {
	srand(1);
	for (int i = 0; i < 4; i++) printf("15: %d\n", once(15, 7));
	printf("33: %d\n", once(33, 5));
	return 0;
}
