# The table of what kernels take, kernels/cuda/RESOURCES.md: made by the target cuda-resources-table,
# compared by the test cuda.resources.
add_executable(cuda-resources resources.cpp resources_main.cpp resources_use.cpp
                              $<TARGET_OBJECTS:corticast_cuda_kernels>)
target_link_libraries(cuda-resources PRIVATE cuda_sim_runtime corticast_options CUDA::toolkit)
target_compile_definitions(
  cuda-resources PRIVATE CORTICAST_TEST_DATA="${PROJECT_SOURCE_DIR}/tests/data"
                         CORTICAST_NVCC_VERSION="${CMAKE_CUDA_COMPILER_VERSION}")
set(table ${PROJECT_SOURCE_DIR}/kernels/cuda/RESOURCES.md)
add_custom_target(
  cuda-resources-table
  COMMAND cuda-resources > ${table}.new
  COMMAND ${CMAKE_COMMAND} -E rename ${table}.new ${table}
  VERBATIM)
add_test(NAME cuda.resources COMMAND cuda-resources --compare ${table})
set_tests_properties(cuda.resources PROPERTIES SKIP_RETURN_CODE 77)

# The same instructions in NVIDIA's disassembly. nvcc has no disassembler; PyPI has, and
# `third_party/setup.sh sass` installs it.
find_program(CORTICAST_CUOBJDUMP cuobjdump
             HINTS ${PROJECT_SOURCE_DIR}/build-tools/nvidia/cu13/bin ${CUDAToolkit_BIN_DIR})
mark_as_advanced(CORTICAST_CUOBJDUMP)
if(CORTICAST_CUOBJDUMP)
  add_test(NAME cuda.machine_code
           COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/resources_sass.sh ${CORTICAST_CUOBJDUMP}
                   $<TARGET_FILE:cuda-resources> $<TARGET_OBJECTS:corticast_cuda_kernels>
           COMMAND_EXPAND_LISTS)
else()
  add_test(NAME cuda.machine_code
           COMMAND sh -c "echo 'not run: no cuobjdump (third_party/setup.sh sass)'; exit 77")
endif()
set_tests_properties(cuda.machine_code PROPERTIES SKIP_RETURN_CODE 77 LABELS peers)
