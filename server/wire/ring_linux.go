package wire

import (
	"fmt"
	"sync/atomic"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// ring writes to many sockets with one call of the kernel: io_uring as its
// manual pages io_uring_setup(2) and io_uring_enter(2) describe it, without
// cgo. Each write is tried at once and never waited for, so after the call all
// have their result and the messages' memory is free again.
type ring struct {
	fd      int
	rings   []byte
	entries []byte
	sqTail  *uint32
	sqMask  uint32
	sqes    unsafe.Pointer
	cqHead  *uint32
	cqTail  *uint32
	cqMask  uint32
	cqes    unsafe.Pointer
	size    uint32
	waiting []waiting
	results []completion
}

// waiting is a write that has been put into the ring.
type waiting struct {
	slot  uint32
	fd    int32
	bytes []byte
}

// The parts of the kernel's interface that are used, from linux/io_uring.h.
type (
	ringParams struct {
		sqEntries, cqEntries, flags, sqThreadCPU, sqThreadIdle, features, wqFd uint32
		_                                                                      [3]uint32
		sq                                                                     struct {
			head, tail, mask, entries, flags, dropped, array, _ uint32
			_                                                   uint64
		}
		cq struct {
			head, tail, mask, entries, overflow, cqes, flags, _ uint32
			_                                                   uint64
		}
	}
	submission struct {
		opcode, flags uint8
		_             uint16
		fd            int32
		_             uint64
		addr          uint64
		length        uint32
		msgFlags      uint32
		userData      uint64
		_             [3]uint64
	}
	completion struct {
		userData uint64
		result   int32
		_        uint32
	}
)

const (
	ringSingleMap = 1 << 0  // feature: both rings in one mapping
	ringCoop      = 1 << 8  // no interrupts for what is done inside the call
	ringNoArray   = 1 << 16 // the queue is used in order, without a table
	ringGetEvents = 1 << 0
	ringSend      = 26
)

// newRing makes a ring for so many writes at once, and tries it.
func newRing(size uint32) (*ring, error) {
	p := ringParams{flags: ringCoop | ringNoArray}
	fd, _, errno := syscall.Syscall(unix.SYS_IO_URING_SETUP, uintptr(size), uintptr(unsafe.Pointer(&p)), 0)
	if errno != 0 {
		return nil, fmt.Errorf("set up io_uring: %w", errno)
	}
	r := &ring{fd: int(fd), size: p.sqEntries}
	syscall.CloseOnExec(r.fd)
	if p.features&ringSingleMap == 0 {
		r.close()
		return nil, errNoRing
	}
	var err error
	length := max(p.sq.array, p.cq.cqes+p.cq.entries*uint32(unsafe.Sizeof(completion{})))
	if r.rings, err = unix.Mmap(r.fd, 0, int(length), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED|unix.MAP_POPULATE); err != nil {
		r.close()
		return nil, fmt.Errorf("map io_uring: %w", err)
	}
	if r.entries, err = unix.Mmap(r.fd, 0x10000000, int(p.sqEntries)*int(unsafe.Sizeof(submission{})), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED|unix.MAP_POPULATE); err != nil {
		r.close()
		return nil, fmt.Errorf("map io_uring: %w", err)
	}
	at := func(offset uint32) unsafe.Pointer { return unsafe.Pointer(&r.rings[offset]) }
	r.sqTail, r.sqMask = (*uint32)(at(p.sq.tail)), *(*uint32)(at(p.sq.mask))
	r.cqHead, r.cqTail, r.cqMask = (*uint32)(at(p.cq.head)), (*uint32)(at(p.cq.tail)), *(*uint32)(at(p.cq.mask))
	r.cqes, r.sqes = at(p.cq.cqes), unsafe.Pointer(&r.entries[0])
	if err := r.try(); err != nil {
		r.close()
		return nil, err
	}
	return r, nil
}

// try sends a byte to itself: what a kernel or a container's rules forbid is
// found out here and not later.
func (r *ring) try() error {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return err
	}
	defer unix.Close(pair[0])
	defer unix.Close(pair[1])
	result := 0
	r.add(0, int32(pair[0]), []byte{1})
	if err := r.submit(func(_ uint32, _ []byte, n int) { result = n }); err != nil {
		return err
	}
	if result != 1 {
		return errNoRing
	}
	return nil
}

func (r *ring) close() {
	if r == nil {
		return
	}
	if r.entries != nil {
		unix.Munmap(r.entries)
	}
	if r.rings != nil {
		unix.Munmap(r.rings)
	}
	unix.Close(r.fd)
}

func (r *ring) full() bool { return uint32(len(r.waiting)) == r.size }

// add puts a write into the ring. There must be room.
func (r *ring) add(slot uint32, fd int32, b []byte) {
	tail := *r.sqTail
	e := (*submission)(unsafe.Add(r.sqes, uintptr(tail&r.sqMask)*unsafe.Sizeof(submission{})))
	*e = submission{opcode: ringSend, fd: fd, addr: uint64(uintptr(unsafe.Pointer(&b[0]))), length: uint32(len(b)),
		msgFlags: unix.MSG_DONTWAIT | unix.MSG_NOSIGNAL, userData: uint64(len(r.waiting))}
	atomic.StoreUint32(r.sqTail, tail+1)
	r.waiting = append(r.waiting, waiting{slot, fd, b})
}

// submit has all of them written and tells what came of each: how many bytes
// were taken, or an error's number below zero. On an error the ring is of no use.
func (r *ring) submit(wrote func(slot uint32, b []byte, n int)) error {
	all := uint32(len(r.waiting))
	for submitted, done := uint32(0), uint32(0); done < all; {
		n, _, errno := syscall.Syscall6(unix.SYS_IO_URING_ENTER, uintptr(r.fd), uintptr(all-submitted), uintptr(all-done), ringGetEvents, 0, 0)
		if errno != 0 && errno != syscall.EINTR && errno != syscall.EAGAIN && errno != syscall.EBUSY {
			return fmt.Errorf("write through io_uring: %w", errno)
		}
		if errno == 0 {
			submitted += uint32(n)
		}
		head := *r.cqHead
		for tail := atomic.LoadUint32(r.cqTail); head != tail; head++ {
			e := (*completion)(unsafe.Add(r.cqes, uintptr(head&r.cqMask)*unsafe.Sizeof(completion{})))
			r.results = append(r.results, *e)
			done++
		}
		atomic.StoreUint32(r.cqHead, head)
	}
	waiting := r.waiting
	for _, e := range r.results {
		w := waiting[e.userData]
		wrote(w.slot, w.bytes, int(e.result))
	}
	r.results, r.waiting = r.results[:0], r.waiting[:0]
	return nil
}
