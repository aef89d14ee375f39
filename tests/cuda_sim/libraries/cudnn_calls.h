// The functions of the simulated cuDNN, with the contracts of their namesakes in cudnn_graph.h.
// Arguments that the real library would not survive or would misuse are answered with a status and
// a report.
#pragma once

#include <cudnn.h>

#include <string>

#include "tests/cuda_sim/machine/device.h"

namespace cuda_sim::cudnn {

std::size_t version();
const char* get_error_string(cudnnStatus_t status);
void get_last_error_string(char* message, std::size_t size);

cudnnStatus_t create(cudnnHandle_t* handle);
cudnnStatus_t destroy(cudnnHandle_t handle);
cudnnStatus_t set_stream(cudnnHandle_t handle, cudaStream_t stream);

cudnnStatus_t create_descriptor(cudnnBackendDescriptorType_t type,
                                cudnnBackendDescriptor_t* descriptor);
cudnnStatus_t destroy_descriptor(cudnnBackendDescriptor_t descriptor);
cudnnStatus_t set_attribute(cudnnBackendDescriptor_t descriptor, cudnnBackendAttributeName_t name,
                            cudnnBackendAttributeType_t type, std::int64_t count,
                            const void* elements);
cudnnStatus_t get_attribute(const cudnnBackendDescriptor_t descriptor,
                            cudnnBackendAttributeName_t name, cudnnBackendAttributeType_t type,
                            std::int64_t requested, std::int64_t* count, void* elements);
cudnnStatus_t finalize(cudnnBackendDescriptor_t descriptor);
cudnnStatus_t execute(cudnnHandle_t handle, cudnnBackendDescriptor_t plan,
                      cudnnBackendDescriptor_t pack);

// Adds a report, makes the message the calling thread's last error, and returns the status.
// device null: the current one.
cudnnStatus_t refuse(cudnnStatus_t status, Device* device, const std::string& where,
                     const std::string& message, Fault fault = Fault::kLibrary);

}  // namespace cuda_sim::cudnn
