using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Spool;

/// <summary>The system calls of Linux that the framework does not offer: opening for appending, locks, renaming without replacing, folders
/// on the disk, owners.</summary>
static unsafe partial class LinuxCalls
{
    public const int ReadOnly = 0;
    public const int ReadWrite = 2;
    public const int Create = 0x40;
    public const int Exclusive = 0x80;
    public const int AppendOnly = 0x400;
    public const int NonBlocking = 0x800;
    public const int CloseOnExec = 0x80000;

    public const int AlreadyExists = 17;

    const int Interrupted = 4;
    const int WouldBlock = 11;
    const int InvalidArgument = 22;
    const int NotImplemented = 38;
    const int NoData = 61;
    const int NotSupported = 95;
    const int AccessDenied = 13;
    const int NotPermitted = 1;
    const int NoSuchFile = 2;
    const int CurrentFolder = -100;
    const uint NoReplace = 1;
    const int SeekHole = 4;
    const int LockExclusive = 2;
    const int LockNonBlocking = 4;
    const int Unlock = 8;
    const uint NewFileMode = 0x180; // 0600
    const uint NewFolderMode = 0x1c0; // 0700

    const int MostListBytes = 64 * 1024;
    const string AccessList = "system.posix_acl_access";

    /// <summary>Stands for an owner or a group that is left as it is.</summary>
    public const uint Unchanged = uint.MaxValue;

    /// <summary>Opens a file.</summary>
    public static SafeFileHandle Open(string path, int flags)
    {
        var descriptor = Again(() => OpenCall(path, flags | CloseOnExec, NewFileMode));
        return descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true) : throw Failure();
    }

    /// <summary>Creates a folder in one that is there, or does nothing when there is a folder of that name. The framework would make those
    /// above it too, which may have been moved away at this moment.</summary>
    public static void CreateFolder(string path)
    {
        if (
            Again(() => MakeFolderCall(path, NewFolderMode)) < 0
            && !(Marshal.GetLastPInvokeError() == AlreadyExists && Directory.Exists(path))
        )
            throw Failure();
    }

    /// <summary>Writes all bytes where the system puts them: at the end of a file that was opened for appending.</summary>
    public static void Write(SafeFileHandle file, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            nint written;
            fixed (byte* start = bytes)
            {
                do written = WriteCall(file, start, (nuint)bytes.Length);
                while (written < 0 && Marshal.GetLastPInvokeError() == Interrupted);
            }
            if (written <= 0)
                throw Failure();
            bytes = bytes[(int)written..];
        }
    }

    /// <summary>Puts the bytes of a file, and what is needed to find them, on the disk.</summary>
    public static void SyncData(SafeFileHandle file) => Check(Again(() => FdatasyncCall(file)));

    /// <summary>Puts the entries of a folder on the disk. A file system that cannot do that for folders keeps them safe by
    /// itself.</summary>
    public static void SyncFolder(string path)
    {
        using var folder = Open(path, 0);
        if (Again(() => FsyncCall(folder)) < 0 && Marshal.GetLastPInvokeError() != InvalidArgument)
            throw Failure();
    }

    /// <summary>Waits until no other process is in the middle of a write to an open file.</summary>
    /// <remarks>
    /// A file system may let readers see a write that is under way, page by page. But it writes under a lock of the file, and takes the
    /// same lock to say where data ends. The answer is of no interest, nor is a refusal to give one: then there was nothing to wait for.
    /// </remarks>
    public static void AwaitWrite(SafeFileHandle file) => _ = SeekCall(file, 0, SeekHole);

    /// <summary>Renames a file when the new name is free.</summary>
    public static void RenameWithoutReplacing(string from, string to)
    {
        try
        {
            if (Again(() => RenameCall(CurrentFolder, from, CurrentFolder, to, NoReplace)) == 0)
                return;
            if (Marshal.GetLastPInvokeError() is not (InvalidArgument or NotImplemented))
                throw Failure();
        }
        catch (EntryPointNotFoundException)
        {
            // An old C library; the way below does the same in two steps.
        }
        // If we die between the two, the file has both names, and the old one is not that of a rollout.
        Check(Again(() => LinkCall(from, to)));
        Check(Again(() => UnlinkCall(from)));
    }

    /// <summary>Takes the lock of a whole open file when it is free.</summary>
    /// <returns>Whether it was taken.</returns>
    public static bool TryLock(SafeFileHandle file)
    {
        if (Again(() => FlockCall(file, LockExclusive | LockNonBlocking)) == 0)
            return true;
        return Marshal.GetLastPInvokeError() == WouldBlock ? false : throw Failure();
    }

    /// <summary>Gives the lock of an open file back, also where a child process still holds a copy of the handle.</summary>
    public static void ReleaseLock(SafeFileHandle file) => _ = FlockCall(file, Unlock);

    /// <summary>Gets whether this process may give files away.</summary>
    public static bool IsRoot => EffectiveUserCall() == 0;

    /// <summary>Changes the owner and the group of an open file, if the system lets us.</summary>
    public static bool TryChangeOwner(SafeFileHandle file, uint user, uint group) => FchownCall(file, user, group) == 0;

    /// <summary>Changes the owner and the group of a file or folder, not of what a link leads to, if the system lets us.</summary>
    public static bool TryChangeOwner(string path, uint user, uint group) => LchownCall(path, user, group) == 0;

    /// <summary>Changes who may do what with an open file.</summary>
    public static void ChangeMode(SafeFileHandle file, uint mode) => Check(Again(() => FchmodCall(file, mode)));

    /// <summary>Gives an open file the access list of another one, or takes its own away when the other one has none.</summary>
    /// <returns>Whether the two have the same now.</returns>
    public static bool TryCopyAccessList(string model, SafeFileHandle file)
    {
        var list = new byte[MostListBytes];
        fixed (byte* start = list)
        {
            var length = GetAttributeCall(model, AccessList, start, (nuint)list.Length);
            if (length > 0)
                return SetAttributeCall(file, AccessList, start, (nuint)length, 0) == 0;
            if (Marshal.GetLastPInvokeError() is not (NoData or NotSupported))
                return false;
            return RemoveAttributeCall(file, AccessList) == 0 || Marshal.GetLastPInvokeError() is NoData or NotSupported;
        }
    }

    /// <summary>Gives the number by which the system knows the kind of a path's file system, or null.</summary>
    public static uint? FileSystemKind(string path)
    {
        var buffer = stackalloc long[64]; // larger than the structure; its first member is the kind
        return StatfsCall(path, buffer) == 0 ? unchecked((uint)buffer[0]) : null;
    }

    /// <summary>Gives the number by which the system knows the kind of an open file's file system, or null.</summary>
    public static uint? FileSystemKind(SafeFileHandle file)
    {
        var buffer = stackalloc long[64];
        return FstatfsCall(file, buffer) == 0 ? unchecked((uint)buffer[0]) : null;
    }

    /// <summary>Opens a queue of what changes in folders, or gives null where the system has none left.</summary>
    public static SafeFileHandle? TryOpenEvents() =>
        OpenEventsCall(NonBlocking | CloseOnExec) is >= 0 and var descriptor ? new SafeFileHandle(descriptor, ownsHandle: true) : null;

    /// <summary>Adds a watch of a folder to a queue, or gives a negative number.</summary>
    public static int AddWatch(SafeFileHandle queue, string path, uint mask) => AddWatchCall(queue, path, mask);

    /// <summary>Removes a watch, if it is still there.</summary>
    public static void RemoveWatch(SafeFileHandle queue, int watch) => _ = RemoveWatchCall(queue, watch);

    /// <summary>Takes whole events out of a queue; 0 when it is empty, negative when it cannot be read.</summary>
    public static int ReadEvents(SafeFileHandle queue, Span<byte> buffer)
    {
        nint read;
        fixed (byte* start = buffer)
        {
            do read = ReadCall(queue, start, (nuint)buffer.Length);
            while (read < 0 && Marshal.GetLastPInvokeError() == Interrupted);
        }
        return read < 0 && Marshal.GetLastPInvokeError() == WouldBlock ? 0
            : read == 0 ? -1
            : (int)read;
    }

    static int Again(Func<int> call)
    {
        int result;
        do result = call();
        while (result < 0 && Marshal.GetLastPInvokeError() == Interrupted);
        return result;
    }

    /// <summary>Makes an exception of the error of a call that failed.</summary>
    public static void Check(int result)
    {
        if (result < 0)
            throw Failure();
    }

    // The same exceptions as the framework makes of the same error numbers.
    static Exception Failure()
    {
        var error = Marshal.GetLastPInvokeError();
        var message = Marshal.GetPInvokeErrorMessage(error);
        return error switch
        {
            AccessDenied or NotPermitted => new UnauthorizedAccessException(message),
            NoSuchFile => new FileNotFoundException(message),
            _ => new IOException(message, error),
        };
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenCall(string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "mkdir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MakeFolderCall(string path, uint mode);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint WriteCall(SafeFileHandle file, byte* bytes, nuint count);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint ReadCall(SafeFileHandle file, byte* bytes, nuint count);

    [LibraryImport("libc", EntryPoint = "inotify_init1", SetLastError = true)]
    private static partial int OpenEventsCall(int flags);

    [LibraryImport("libc", EntryPoint = "inotify_add_watch", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int AddWatchCall(SafeFileHandle queue, string path, uint mask);

    [LibraryImport("libc", EntryPoint = "inotify_rm_watch", SetLastError = true)]
    private static partial int RemoveWatchCall(SafeFileHandle queue, int watch);

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int FdatasyncCall(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FsyncCall(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "lseek", SetLastError = true)]
    private static partial nint SeekCall(SafeFileHandle file, nint offset, int whence);

    [LibraryImport("libc", EntryPoint = "renameat2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RenameCall(int fromFolder, string from, int toFolder, string to, uint flags);

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int LinkCall(string from, string to);

    [LibraryImport("libc", EntryPoint = "unlink", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int UnlinkCall(string path);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int FlockCall(SafeFileHandle file, int operation);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint EffectiveUserCall();

    [LibraryImport("libc", EntryPoint = "fchown", SetLastError = true)]
    private static partial int FchownCall(SafeFileHandle file, uint user, uint group);

    [LibraryImport("libc", EntryPoint = "lchown", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int LchownCall(string path, uint user, uint group);

    [LibraryImport("libc", EntryPoint = "fchmod", SetLastError = true)]
    private static partial int FchmodCall(SafeFileHandle file, uint mode);

    [LibraryImport("libc", EntryPoint = "getxattr", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint GetAttributeCall(string path, string name, byte* value, nuint size);

    [LibraryImport("libc", EntryPoint = "fsetxattr", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetAttributeCall(SafeFileHandle file, string name, byte* value, nuint size, int flags);

    [LibraryImport("libc", EntryPoint = "fremovexattr", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RemoveAttributeCall(SafeFileHandle file, string name);

    [LibraryImport("libc", EntryPoint = "statfs", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatfsCall(string path, long* result);

    [LibraryImport("libc", EntryPoint = "fstatfs", SetLastError = true)]
    private static partial int FstatfsCall(SafeFileHandle file, long* result);
}
