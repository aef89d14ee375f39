# Bytes, arithmetic and roofline of every kernel, kernels/cuda/ROOFLINE.md: made by the target
# cuda-roofline-table; the test cuda.roofline checks that masks and features are read once a batch.
add_executable(
  cuda-roofline
  roofline_main.cpp roofline_readouts.cpp roofline_run.cpp roofline_streaming.cpp
  ${PROJECT_SOURCE_DIR}/bench/datasheet.cpp $<TARGET_OBJECTS:corticast_cuda_kernels>)
target_link_libraries(cuda-roofline PRIVATE cuda_sim_runtime corticast_options CUDA::toolkit)
target_compile_definitions(cuda-roofline
                           PRIVATE CORTICAST_TEST_DATA="${PROJECT_SOURCE_DIR}/tests/data")
set(table ${PROJECT_SOURCE_DIR}/kernels/cuda/ROOFLINE.md)
add_custom_target(
  cuda-roofline-table
  COMMAND cuda-roofline > ${table}.new
  COMMAND ${CMAKE_COMMAND} -E rename ${table}.new ${table}
  VERBATIM)
add_test(NAME cuda.roofline COMMAND cuda-roofline)
