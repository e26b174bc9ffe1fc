/* Stand-ins for NVIDIA's libraries: memory is the host's, copies are made, and kernels compute nothing. So ONNX Runtime's provider for
   CUDA can be loaded and goes its whole way on a machine without a GPU. Compiled once for each library; LIBRARY says for which. */
#define _ISOC11_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HANDLE(name) int name(void **handle) { *handle = calloc(1, 256); return 0; }

#if defined(LIBRARY_cuda)
int cuInit(unsigned flags) { return 0; }
int cuDeviceGetCount(int *count) { *count = 1; return 0; }
int cuDeviceGetName(char *name, int length, int device) { strncpy(name, "Stand-in", length); return 0; }

#elif defined(LIBRARY_cudart)
HANDLE(cudaStreamCreate) HANDLE(cudaStreamCreateWithFlags) HANDLE(cudaEventCreate) HANDLE(cudaEventCreateWithFlags)
HANDLE(cudaMemPoolCreate)
void *__cudaRegisterFatBinary(void *binary) { static void *handle[4]; return handle; }
int cudaGetDeviceCount(int *count) { *count = 1; return 0; }
int cudaGetDevice(int *device) { *device = 0; return 0; }
int cudaRuntimeGetVersion(int *version) { *version = 13000; return 0; }
int cudaDriverGetVersion(int *version) { *version = 13000; return 0; }
int cudaGetDeviceProperties(char *at, int device) {
  memset(at, 0, 1000);
  strcpy(at, "Stand-in");
  *(size_t *)(at + 288) = (size_t)1 << 35; /* memory */
  *(size_t *)(at + 296) = 49152;           /* shared memory of a block */
  *(int *)(at + 304) = 65536;              /* registers of a block */
  *(int *)(at + 308) = 32;                 /* threads of a warp */
  *(int *)(at + 320) = 1024;               /* threads of a block */
  for (int axis = 0; axis < 3; axis++) {
    *(int *)(at + 324 + 4 * axis) = 1024;
    *(int *)(at + 336 + 4 * axis) = 2147483647;
  }
  *(int *)(at + 360) = 9;                  /* the compute capability */
  *(int *)(at + 384) = *(int *)(at + 388) = 132; /* multiprocessors */
  return 0;
}
int cudaDeviceGetAttribute(int *value, int attribute, int device) {
  switch (attribute) {
  case 1: *value = 1024; break;
  case 10: *value = 32; break;
  case 16: *value = 132; break;
  case 39: *value = 2048; break;
  case 8: case 97: *value = 49152; break;
  case 75: *value = 9; break;
  case 76: *value = 0; break;
  default: *value = 1;
  }
  return 0;
}
int cudaMemGetInfo(size_t *free, size_t *total) { *free = *total = (size_t)1 << 35; return 0; }
int cudaMalloc(void **at, size_t size) {
  size = (size + 255) / 256 * 256;
  *at = aligned_alloc(256, size);
  memset(*at, 0, size);
  return 0;
}
int cudaMallocHost(void **at, size_t size) { *at = calloc(1, size); return 0; }
int cudaHostAlloc(void **at, size_t size, unsigned flags) { *at = calloc(1, size); return 0; }
int cudaFree(void *at) { free(at); return 0; }
int cudaFreeHost(void *at) { free(at); return 0; }
int cudaMemcpy(void *to, const void *from, size_t size, int kind) { memmove(to, from, size); return 0; }
int cudaMemcpyAsync(void *to, const void *from, size_t size, int kind, void *stream) { memmove(to, from, size); return 0; }
int cudaMemset(void *at, int value, size_t size) { memset(at, value, size); return 0; }
int cudaMemsetAsync(void *at, int value, size_t size, void *stream) { memset(at, value, size); return 0; }
int cudaOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(int *blocks) { *blocks = 1; return 0; }
int cudaFuncGetAttributes(char *at, void *function) { memset(at, 0, 128); *(int *)(at + 24) = 1024; return 0; }
int cudaStreamIsCapturing(void *stream, int *status) { *status = 0; return 0; }
const char *cudaGetErrorName(int error) { return "stand-in"; }
const char *cudaGetErrorString(int error) { return "stand-in"; }

#elif defined(LIBRARY_cublas)
HANDLE(cublasCreate_v2)
const char *cublasGetStatusName(int status) { return "stand-in"; }
const char *cublasGetStatusString(int status) { return "stand-in"; }
int cublasGetMathMode(void *handle, int *mode) { *mode = 0; return 0; }
/* The test reads what is asked for: 3 is TF32, and 14 the type bfloat16. */
int cublasSetMathMode(void *handle, int mode) { fprintf(stderr, "math mode %d\n", mode); return 0; }
int cublasGemmEx(void *handle, int ta, int tb, int m, int n, int k, void *alpha, void *a, int type) {
  fprintf(stderr, "product of type %d\n", type);
  return 0;
}

#elif defined(LIBRARY_cublasLt)
HANDLE(cublasLtCreate) HANDLE(cublasLtMatmulDescCreate) HANDLE(cublasLtMatmulPreferenceCreate)
HANDLE(cublasLtMatrixLayoutCreate) HANDLE(cublasLtMatrixTransformDescCreate)

#elif defined(LIBRARY_cudnn)
HANDLE(cudnnCreate) HANDLE(cudnnCreateTensorDescriptor) HANDLE(cudnnCreateReduceTensorDescriptor)
size_t cudnnGetVersion(void) { return 91000; }
const char *cudnnGetErrorString(int status) { return "stand-in"; }
int cudnnGetReductionWorkspaceSize(void *a, void *b, void *c, void *d, size_t *size) { *size = 0; return 0; }
int cudnnGetReductionIndicesSize(void *a, void *b, void *c, void *d, size_t *size) { *size = 0; return 0; }
#endif
