// HDF5's clean-up at exit.
#pragma once

namespace corticast::hdf5 {

// For programs, before anything else of HDF5: leaves out the library's clean-up at exit, which
// writes to files that have already failed. In a process of somebody else's it would be missed.
void leave_exit_alone();

}  // namespace corticast::hdf5
