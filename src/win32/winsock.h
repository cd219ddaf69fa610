/* winsock.h: every entry point of Windows that can fail, through one table.
 *
 * A call into a DLL is indirect anyway, so this costs nothing, and it lets the
 * tests put strict stand-ins in its place: what real Windows answers, Wine or
 * a Linux build cannot show otherwise.  src/win32 calls the system by
 * psock_winsock.name() and in no other way, but for locks, clocks, giving time
 * away, the names of interfaces, and text. */
#ifndef PSOCK_WIN32_WINSOCK_H
#define PSOCK_WIN32_WINSOCK_H

struct psock_winsock_table {
    /* ws2_32.dll */
    int(WSAAPI *WSAStartup)(WORD version, WSADATA *data);
    int(WSAAPI *WSACleanup)(void);
    int(WSAAPI *WSAGetLastError)(void);
    void(WSAAPI *WSASetLastError)(int error);
    SOCKET(WSAAPI *WSASocketW)
    (int family, int type, int protocol, WSAPROTOCOL_INFOW *info, GROUP group,
     DWORD flags);
    int(WSAAPI *WSADuplicateSocketW)(SOCKET s, DWORD process,
                                     WSAPROTOCOL_INFOW *info);
    int(WSAAPI *closesocket)(SOCKET s);
    int(WSAAPI *bind)(SOCKET s, const struct sockaddr *name, int length);
    int(WSAAPI *listen)(SOCKET s, int backlog);
    SOCKET(WSAAPI *accept)(SOCKET s, struct sockaddr *name, int *length);
    int(WSAAPI *connect)(SOCKET s, const struct sockaddr *name, int length);
    int(WSAAPI *shutdown)(SOCKET s, int how);
    int(WSAAPI *getsockname)(SOCKET s, struct sockaddr *name, int *length);
    int(WSAAPI *getpeername)(SOCKET s, struct sockaddr *name, int *length);
    int(WSAAPI *getsockopt)(SOCKET s, int level, int option, char *value,
                            int *length);
    int(WSAAPI *setsockopt)(SOCKET s, int level, int option, const char *value,
                            int length);
    int(WSAAPI *ioctlsocket)(SOCKET s, long command, u_long *argument);
    int(WSAAPI *WSAIoctl)(SOCKET s, DWORD code, void *in, DWORD in_size,
                          void *out, DWORD out_size, DWORD *returned,
                          WSAOVERLAPPED *overlapped,
                          LPWSAOVERLAPPED_COMPLETION_ROUTINE completion);
    int(WSAAPI *send)(SOCKET s, const char *data, int size, int flags);
    int(WSAAPI *recv)(SOCKET s, char *buffer, int size, int flags);
    int(WSAAPI *sendto)(SOCKET s, const char *data, int size, int flags,
                        const struct sockaddr *name, int length);
    int(WSAAPI *recvfrom)(SOCKET s, char *buffer, int size, int flags,
                          struct sockaddr *name, int *length);
    int(WSAAPI *WSASend)(SOCKET s, WSABUF *buffers, DWORD count, DWORD *sent,
                         DWORD flags, WSAOVERLAPPED *overlapped,
                         LPWSAOVERLAPPED_COMPLETION_ROUTINE completion);
    int(WSAAPI *WSARecv)(SOCKET s, WSABUF *buffers, DWORD count,
                         DWORD *received, DWORD *flags,
                         WSAOVERLAPPED *overlapped,
                         LPWSAOVERLAPPED_COMPLETION_ROUTINE completion);
    int(WSAAPI *WSARecvFrom)(SOCKET s, WSABUF *buffers, DWORD count,
                             DWORD *received, DWORD *flags,
                             struct sockaddr *name, int *length,
                             WSAOVERLAPPED *overlapped,
                             LPWSAOVERLAPPED_COMPLETION_ROUTINE completion);
    int(WSAAPI *WSASendMsg)(SOCKET s, WSAMSG *message, DWORD flags, DWORD *sent,
                            WSAOVERLAPPED *overlapped,
                            LPWSAOVERLAPPED_COMPLETION_ROUTINE completion);
    BOOL(WSAAPI *WSAGetOverlappedResult)
    (SOCKET s, WSAOVERLAPPED *overlapped, DWORD *transferred, BOOL wait,
     DWORD *flags);
    int(WSAAPI *select)(int ignored, fd_set *read, fd_set *write,
                        fd_set *except, const PTIMEVAL timeout);
    int(WSAAPI *GetAddrInfoExW)(const WCHAR *host, const WCHAR *service,
                                DWORD namespaces, GUID *provider,
                                const ADDRINFOEXW *wanted, ADDRINFOEXW **found,
                                PTIMEVAL timeout, OVERLAPPED *overlapped,
                                LPLOOKUPSERVICE_COMPLETION_ROUTINE completion,
                                HANDLE *handle);
    int(WSAAPI *GetAddrInfoExCancel)(HANDLE *handle);
    void(WSAAPI *FreeAddrInfoExW)(ADDRINFOEXW *found);
    int(WSAAPI *GetAddrInfoW)(const WCHAR *host, const WCHAR *service,
                              const ADDRINFOW *wanted, ADDRINFOW **found);
    void(WSAAPI *FreeAddrInfoW)(ADDRINFOW *found);
    int(WSAAPI *GetNameInfoW)(const struct sockaddr *name, socklen_t length,
                              WCHAR *host, DWORD host_room, WCHAR *service,
                              DWORD service_room, int flags);

    /* kernel32.dll */
    BOOL(WINAPI *GetHandleInformation)(HANDLE handle, DWORD *flags);
    BOOL(WINAPI *SetHandleInformation)(HANDLE handle, DWORD mask, DWORD flags);
    HANDLE(WINAPI *CreateEventW)
    (SECURITY_ATTRIBUTES *security, BOOL manual_reset, BOOL initial,
     const WCHAR *name);
    BOOL(WINAPI *SetEvent)(HANDLE event);
    BOOL(WINAPI *ResetEvent)(HANDLE event);
    DWORD(WINAPI *WaitForSingleObject)(HANDLE handle, DWORD timeout_ms);
    HANDLE(WINAPI *CreateIoCompletionPort)
    (HANDLE file, HANDLE port, ULONG_PTR key, DWORD threads);
    BOOL(WINAPI *GetQueuedCompletionStatusEx)
    (HANDLE port, OVERLAPPED_ENTRY *entries, ULONG room, ULONG *count,
     DWORD timeout_ms, BOOL alertable);
    BOOL(WINAPI *PostQueuedCompletionStatus)
    (HANDLE port, DWORD transferred, ULONG_PTR key, OVERLAPPED *overlapped);
    BOOL(WINAPI *CancelIoEx)(HANDLE handle, OVERLAPPED *overlapped);
    BOOL(WINAPI *CloseHandle)(HANDLE handle);
    BOOL(WINAPI *QueueUserWorkItem)
    (LPTHREAD_START_ROUTINE run, void *context, ULONG flags);
    BOOL(WINAPI *GetModuleHandleExW)
    (DWORD flags, const WCHAR *name, HMODULE *module);
    BOOL(WINAPI *GetComputerNameExW)
    (COMPUTER_NAME_FORMAT kind, WCHAR *name, DWORD *room);
    DWORD(WINAPI *GetCurrentProcessId)(void);
    DWORD(WINAPI *GetTempPathW)(DWORD room, WCHAR *path);
    DWORD(WINAPI *GetFileAttributesW)(const WCHAR *path);
    HANDLE(WINAPI *CreateFileW)
    (const WCHAR *path, DWORD access, DWORD share,
     SECURITY_ATTRIBUTES *security, DWORD disposition, DWORD flags,
     HANDLE pattern);
    DWORD(WINAPI *GetFileType)(HANDLE file);
    BOOL(WINAPI *SetFilePointerEx)
    (HANDLE file, LARGE_INTEGER distance, LARGE_INTEGER *position, DWORD from);
    BOOL(WINAPI *ReadFile)
    (HANDLE file, void *buffer, DWORD size, DWORD *count,
     OVERLAPPED *overlapped);
    BOOL(WINAPI *GetOverlappedResult)
    (HANDLE file, OVERLAPPED *overlapped, DWORD *transferred, BOOL wait);
    BOOL(WINAPI *GetFileInformationByHandleEx)
    (HANDLE file, FILE_INFO_BY_HANDLE_CLASS kind, void *info, DWORD size);
    BOOL(WINAPI *SetFileInformationByHandle)
    (HANDLE file, FILE_INFO_BY_HANDLE_CLASS kind, void *info, DWORD size);

    /* iphlpapi.dll */
    DWORD(WINAPI *GetExtendedTcpTable)
    (void *table, DWORD *size, BOOL sorted, ULONG family, TCP_TABLE_CLASS kind,
     ULONG reserved);
    DWORD(WINAPI *GetIpAddrTable)
    (MIB_IPADDRTABLE *table, ULONG *size, BOOL sorted);
    ULONG(WINAPI *GetAdaptersAddresses)
    (ULONG family, ULONG flags, void *reserved, IP_ADAPTER_ADDRESSES *list,
     ULONG *size);
    DWORD(WINAPI *GetIfEntry2)(MIB_IF_ROW2 *row);
    DWORD(WINAPI *ConvertInterfaceLuidToNameA)
    (const NET_LUID *luid, char *name, SIZE_T size);
    DWORD(WINAPI *NotifyIpInterfaceChange)
    (ADDRESS_FAMILY family, PIPINTERFACE_CHANGE_CALLBACK changed, void *context,
     BOOLEAN initial, HANDLE *handle);
    DWORD(WINAPI *NotifyUnicastIpAddressChange)
    (ADDRESS_FAMILY family, PUNICAST_IPADDRESS_CHANGE_CALLBACK changed,
     void *context, BOOLEAN initial, HANDLE *handle);
    DWORD(WINAPI *CancelMibChangeNotify2)(HANDLE handle);

    /* ntdll.dll */
    NTSTATUS(NTAPI *NtCreateFile)
    (HANDLE *file, ACCESS_MASK access, OBJECT_ATTRIBUTES *attributes,
     IO_STATUS_BLOCK *status, LARGE_INTEGER *allocation, ULONG file_attributes,
     ULONG share, ULONG disposition, ULONG options, void *extended,
     ULONG extended_size);
    NTSTATUS(NTAPI *NtDeviceIoControlFile)
    (HANDLE file, HANDLE event, PIO_APC_ROUTINE routine, void *context,
     IO_STATUS_BLOCK *status, ULONG code, void *in, ULONG in_size, void *out,
     ULONG out_size);
    NTSTATUS(NTAPI *RtlGetVersion)(RTL_OSVERSIONINFOW *version);
    NTSTATUS(NTAPI *RtlIdnToAscii)
    (ULONG flags, const WCHAR *name, LONG length, WCHAR *ascii, LONG *room);
};

extern struct psock_winsock_table psock_winsock;

#endif
