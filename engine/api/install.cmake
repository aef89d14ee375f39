# cmake --install: libraries, headers, and how CMake and pkg-config find them. Everything is found
# from where it lies, so the installed tree may be moved as a whole.
include(CMakePackageConfigHelpers)
set(package ${CMAKE_INSTALL_LIBDIR}/cmake/corticast)

foreach(name engine engine_static)
  set(library corticast_shared)
  if(name STREQUAL "engine_static")
    set(library corticast_static)
  endif()
  install(TARGETS ${library} EXPORT corticast-${name}
          LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
          INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
  install(EXPORT corticast-${name} NAMESPACE corticast:: FILE corticast-${name}.cmake
          DESTINATION ${package})
endforeach()
list(TRANSFORM headers PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/ OUTPUT_VARIABLE header_files)
install(FILES ${header_files} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/corticast)

configure_package_config_file(corticast-config.cmake.in corticast-config.cmake
                              INSTALL_DESTINATION ${package} NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(corticast-config-version.cmake COMPATIBILITY SameMajorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/corticast-config.cmake
              ${CMAKE_CURRENT_BINARY_DIR}/corticast-config-version.cmake
              ${PROJECT_SOURCE_DIR}/third_party/cmake/FindXxHash.cmake
        DESTINATION ${package})

# What the archive needs behind it: libraries outside the linker's own folders by their place.
set(CORTICAST_PRIVATE_LIBS "")
set(hdf5 ${HDF5_C_LIBRARIES})
if(HDF5_C_LIBRARY_hdf5 MATCHES "\\.so$") # which knows what it needs itself
  set(hdf5 ${HDF5_C_LIBRARY_hdf5})
endif()
foreach(file ${JPEG_LIBRARIES} ${PNG_LIBRARIES} ${OPENSSL_CRYPTO_LIBRARY} ${XxHash_LIBRARY}
             ${hdf5} ${EXPAT_LIBRARIES} ${ZLIB_LIBRARIES} ${OpenMP_CXX_LIBRARIES})
  get_filename_component(folder "${file}" DIRECTORY)
  get_filename_component(name "${file}" NAME)
  if(NOT name MATCHES "^lib(.+)\\.(so|a)$")
    list(APPEND CORTICAST_PRIVATE_LIBS "${file}")  # "-ldl", "optimized" of old finders
  else()
    set(flag "-l${CMAKE_MATCH_1}")
    if(folder AND NOT folder IN_LIST CMAKE_CXX_IMPLICIT_LINK_DIRECTORIES)
      list(APPEND CORTICAST_PRIVATE_LIBS "-L${folder}")
    endif()
    list(APPEND CORTICAST_PRIVATE_LIBS "${flag}")
  endif()
endforeach()
list(APPEND CORTICAST_PRIVATE_LIBS -lstdc++ -lpthread -ldl -lm)
list(REMOVE_DUPLICATES CORTICAST_PRIVATE_LIBS)
list(JOIN CORTICAST_PRIVATE_LIBS " " CORTICAST_PRIVATE_LIBS)
file(RELATIVE_PATH CORTICAST_PC_PREFIX /prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig /prefix)
configure_file(corticast.pc.in corticast.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/corticast.pc
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
