#include "textflag.h"

// The handler, as in bounding_amd64.s. prctl is 167 and gettid 178
// (asm-generic/unistd.h). It returns to the kernel's own trampoline.
TEXT onPass<>(SB),NOSPLIT|NOFRAME|TOPFRAME,$0
	MOVD	$0, R19
next:
	MOVD	$167, R8
	MOVD	$24, R0
	MOVD	R19, R1
	MOVD	$0, R2
	MOVD	$0, R3
	MOVD	$0, R4
	SVC
	CMN	$22, R0
	BEQ	done
	CBNZ	R0, failed
	ADD	$1, R19
	CMP	$64, R19
	BLT	next
	B	done
failed:
	MOVD	$·passFailed(SB), R9
	MOVD	R0, (R9)
done:
	MOVD	$178, R8
	SVC
	MOVD	$·passCount(SB), R9
again:
	LDAXRW	(R9), R10
	ADDW	$1, R10, R11
	STLXRW	R11, (R9), R12
	CBNZW	R12, again
	CMPW	$1024, R10
	BHS	full
	MOVD	$·passThreads(SB), R9
	MOVW	R0, (R9)(R10<<2)
full:
	RET

// func passHandler() uintptr
TEXT ·passHandler(SB),NOSPLIT,$0-8
	MOVD	$onPass<>(SB), R0
	MOVD	R0, ret+0(FP)
	RET

// func passRestorer() uintptr
TEXT ·passRestorer(SB),NOSPLIT,$0-8
	MOVD	ZR, ret+0(FP)
	RET
