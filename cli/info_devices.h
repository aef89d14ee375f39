// `corticast info --devices`.
#pragma once

namespace corticast::cli {

// On standard output: the CPU, every CUDA device, or why there is none. json: one object. Throws
// Error{kDevice} where CORTICAST_ISA names an instruction set that is not there.
void print_devices(bool json);

}  // namespace corticast::cli
