// A profile's numbers in the forms that the API asks for.
#pragma once

#include <driver_types.h>

#include "tests/cuda_sim/machine/device.h"

namespace cuda_sim::runtime {

inline constexpr int kLeastPriority = 0;
inline constexpr int kGreatestPriority = -5;

int pci_bus(int device);
// Fields that no profile tells (textures, surfaces) are zero.
void fill_properties(const Profile& profile, int device, cudaDeviceProp* properties);
// False: not an attribute that is simulated.
bool attribute_of(const Profile& profile, int device, cudaDeviceAttr attribute, int* value);

}  // namespace cuda_sim::runtime
