using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Spool;

/// <summary>Asks the system for stamps. On Linux one <c>statx</c> call gives size, times in nanoseconds and inode, which the framework does
/// not offer together.</summary>
static unsafe partial class FileStat
{
    const int AtFdCwd = -100;
    const int EmptyPath = 0x1000;
    const int OpenAsPlace = 0x200000 | 0x80000; // O_PATH | O_CLOEXEC
    const int MaxNameBytes = 1024;
    const uint BasicStats = 0x7ff;
    const int FileTypeMask = 0xf000;
    const int RegularFile = 0x8000;
    const int PermissionBits = 0x1ff;
    const int Folder = 0x4000;
    const int Link = 0xa000;
    const int NoFollow = 0x100;
    const int NoSuchFile = 2;
    const int NotAFolder = 20;
    const int TooManyLinks = 40;

    /// <summary>Gives the stamp of a file, following links, or null when there is none or it cannot be asked.</summary>
    public static FileStamp? TryGet(string path)
    {
        if (!OperatingSystem.IsLinux())
            return TryGetPortable(path);
        Statx stat;
        return StatxCall(AtFdCwd, path, 0, BasicStats, &stat) == 0 ? StampOf(stat) : null;
    }

    /// <summary>Says what is at a path, following links. A file is gone only when the system says so, not when it refuses to
    /// answer.</summary>
    public static FileFinding Find(string path)
    {
        if (!OperatingSystem.IsLinux())
            return TryGetPortable(path) is { } there ? FileFinding.There(there) : FileFinding.Gone;
        Statx stat;
        if (StatxCall(AtFdCwd, path, 0, BasicStats, &stat) == 0)
            return StampOf(stat) is { } stamp ? FileFinding.There(stamp) : FileFinding.Gone;
        return Marshal.GetLastPInvokeError() is NoSuchFile or NotAFolder ? FileFinding.Gone : FileFinding.Unknown;
    }

    /// <summary>Gives the stamp of an open file, wherever its path leads by now. Only on Linux.</summary>
    public static FileStamp? TryGet(SafeFileHandle file)
    {
        var isHeld = false;
        try
        {
            file.DangerousAddRef(ref isHeld);
            Statx stat;
            byte nothing = 0;
            return StatxCall((int)file.DangerousGetHandle(), &nothing, EmptyPath, BasicStats, &stat) == 0 ? StampOf(stat) : null;
        }
        finally
        {
            if (isHeld)
                file.DangerousRelease();
        }
    }

    /// <summary>Says who may do what with a file or a folder, following links; null when it is not there. Only on Linux.</summary>
    public static FileRights? RightsOf(string path)
    {
        Statx stat;
        return StatxCall(AtFdCwd, path, 0, BasicStats, &stat) == 0
            ? new FileRights(stat.User, stat.Group, (uint)(stat.Mode & PermissionBits))
            : null;
    }

    /// <summary>Says who may do what with an open file; null when the system does not say. Only on Linux.</summary>
    /// <param name="descriptor">The number that the process has for it.</param>
    public static FileRights? RightsOf(int descriptor)
    {
        Statx stat;
        byte nothing = 0;
        return StatxCall(descriptor, &nothing, EmptyPath, BasicStats, &stat) == 0
            ? new FileRights(stat.User, stat.Group, (uint)(stat.Mode & PermissionBits))
            : null;
    }

    /// <summary>Gives the stamps of files of one folder. Asked for by their names alone they cost the system less than by their
    /// paths.</summary>
    /// <param name="folder">The absolute path of the folder.</param>
    /// <param name="files">The paths of the files; what follows the last <c>/</c> is the name.</param>
    /// <param name="stamps">Takes the stamps, in the same order; null for a file that is not there or cannot be asked.</param>
    public static void GetAll(string folder, ReadOnlySpan<string> files, Span<FileStamp?> stamps)
    {
        var place = OperatingSystem.IsLinux() ? OpenCall(folder, OpenAsPlace) : -1;
        Span<byte> name = stackalloc byte[MaxNameBytes];
        for (var i = 0; i < files.Length; i++)
        {
            var text = files[i].AsSpan(files[i].LastIndexOf('/') + 1);
            if (place < 0 || !Encoding.UTF8.TryGetBytes(text, name[..^1], out var length))
            {
                stamps[i] = TryGet(Path.Join(folder, text));
                continue;
            }
            name[length] = 0;
            Statx stat;
            fixed (byte* start = name)
                stamps[i] = StatxCall(place, start, 0, BasicStats, &stat) == 0 ? StampOf(stat) : null;
        }
        if (place >= 0)
            _ = CloseCall(place);
    }

    /// <summary>Says what is at a path, following links.</summary>
    public static PlaceKind KindOf(string path)
    {
        if (!OperatingSystem.IsLinux())
            return Directory.Exists(path) ? PlaceKind.Folder
                : File.Exists(path) ? PlaceKind.File
                : new FileInfo(path).LinkTarget is not null ? PlaceKind.DanglingLink
                : PlaceKind.Nothing;
        Statx stat;
        if (StatxCall(AtFdCwd, path, 0, BasicStats, &stat) == 0)
            return Kind(stat);
        var error = Marshal.GetLastPInvokeError();
        // What was not there may have come meanwhile, and is then no link that leads nowhere.
        if (error is NoSuchFile or NotAFolder or TooManyLinks && StatxCall(AtFdCwd, path, NoFollow, BasicStats, &stat) == 0)
            return Kind(stat);
        return error is NoSuchFile or NotAFolder ? PlaceKind.Nothing : PlaceKind.Unknown;
    }

    /// <summary>Says what a folder has under a name, without following a link: <see cref="PlaceKind.DanglingLink"/> is said of every link.
    /// Only on Linux.</summary>
    public static PlaceKind EntryOf(string path)
    {
        Statx stat;
        if (StatxCall(AtFdCwd, path, NoFollow, BasicStats, &stat) != 0)
            return Marshal.GetLastPInvokeError() is NoSuchFile or NotAFolder ? PlaceKind.Nothing : PlaceKind.Unknown;
        return Kind(stat);
    }

    // Of a place that was asked about without following links, or that nothing is behind.
    static PlaceKind Kind(in Statx stat) =>
        (stat.Mode & FileTypeMask) switch
        {
            RegularFile => PlaceKind.File,
            Folder => PlaceKind.Folder,
            Link => PlaceKind.DanglingLink,
            _ => PlaceKind.Special,
        };

    /// <summary>Says whether a folder can be at a path: nothing above it is something else.</summary>
    public static bool CanHold(string? folder)
    {
        while (folder is not null && KindOf(folder) == PlaceKind.Nothing)
            folder = Path.GetDirectoryName(folder);
        return folder is not null && KindOf(folder) is PlaceKind.Folder or PlaceKind.Nothing;
    }

    /// <summary>Asks about a folder, following links.</summary>
    /// <returns>What tells it from every other one and one state of it from the next, or null when it is not there or may not be
    /// entered.</returns>
    public static FolderFinding? FindFolder(string path)
    {
        if (!OperatingSystem.IsLinux())
            return Directory.Exists(path)
                ? new FolderFinding(
                    new(0, 0, new DirectoryInfo(path).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? path),
                    new FileStamp(0, (Directory.GetLastWriteTimeUtc(path).Ticks - DateTime.UnixEpoch.Ticks) * 100, 0, 0)
                )
                : null;
        Statx stat;
        // What is in a folder can be asked about only by who may enter it, and that is who gets an answer about its dot.
        return StatxCall(AtFdCwd, path + "/.", 0, BasicStats, &stat) == 0
            ? new FolderFinding(IdentityOf(stat), new FileStamp(0, Nanoseconds(stat.Modified), stat.Inode, Nanoseconds(stat.Changed)))
            : null;
    }

    /// <summary>Gives what tells a file from every other one, whichever of its names it is asked by; null when there is none, or something
    /// else in its place.</summary>
    public static FolderIdentity? IdentityOf(string path)
    {
        if (!OperatingSystem.IsLinux())
            return File.Exists(path)
                ? new FolderIdentity(
                    0,
                    0,
                    new FileInfo(path).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? Path.GetFullPath(path)
                )
                : null;
        Statx stat;
        return StatxCall(AtFdCwd, path, 0, BasicStats, &stat) == 0 && StampOf(stat) is not null ? IdentityOf(stat) : null;
    }

    /// <summary>Says how many names (hard links) a file has, and what tells it from others, following links; null when there is none,
    /// something else in its place, or no system that says it.</summary>
    public static (FolderIdentity File, uint Names)? NamesOf(string path)
    {
        Statx stat;
        return OperatingSystem.IsLinux() && StatxCall(AtFdCwd, path, 0, BasicStats, &stat) == 0 && StampOf(stat) is not null
            ? (IdentityOf(stat), stat.Links)
            : null;
    }

    static FolderIdentity IdentityOf(in Statx stat) => new(((ulong)stat.DeviceMajor << 32) | stat.DeviceMinor, stat.Inode, null);

    // Only a regular file has a stamp: to open a pipe would wait for a program that writes into it. A time outside of the range wraps
    // around, which still tells two states apart.
    static FileStamp? StampOf(in Statx stat) =>
        (stat.Mode & FileTypeMask) == RegularFile
            ? new FileStamp(stat.Size, Nanoseconds(stat.Modified), stat.Inode, Nanoseconds(stat.Changed))
            : null;

    static long Nanoseconds(StatxTime time) => unchecked(time.Seconds * 1_000_000_000 + time.Nanoseconds);

    static FileStamp? TryGetPortable(string path)
    {
        var file = new FileInfo(path);
        return file.Exists ? new FileStamp(file.Length, (file.LastWriteTimeUtc.Ticks - DateTime.UnixEpoch.Ticks) * 100, 0, 0) : null;
    }

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatxCall(int directory, string path, int flags, uint mask, Statx* result);

    [LibraryImport("libc", EntryPoint = "statx")]
    private static partial int StatxCall(int directory, byte* path, int flags, uint mask, Statx* result);

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenCall(string path, int flags);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int CloseCall(int descriptor);

    [StructLayout(LayoutKind.Sequential)]
    struct StatxTime
    {
        public long Seconds;
        public uint Nanoseconds;
        int _reserved;
    }

    [StructLayout(LayoutKind.Sequential, Size = 256)]
    struct Statx
    {
        uint _mask,
            _blockSize;
        ulong _attributes;
        public uint Links;
        public uint User,
            Group;
        public ushort Mode;
        ushort _spare;
        public long Inode;
        public long Size;
        ulong _blocks,
            _attributesMask;
        StatxTime _accessed,
            _born;
        public StatxTime Changed;
        public StatxTime Modified;
        uint _rdevMajor,
            _rdevMinor;
        public uint DeviceMajor,
            DeviceMinor;
    }
}

/// <summary>What is at a path.</summary>
enum PlaceKind
{
    /// <summary>Nothing.</summary>
    Nothing,

    /// <summary>A file.</summary>
    File,

    /// <summary>A folder.</summary>
    Folder,

    /// <summary>A pipe, a socket or a device.</summary>
    Special,

    /// <summary>A link to something that is not there.</summary>
    DanglingLink,

    /// <summary>The system does not say: what is above it may not be read, or its disk fails.</summary>
    Unknown,
}
