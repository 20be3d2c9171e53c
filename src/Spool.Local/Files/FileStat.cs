using System.Runtime.InteropServices;

namespace Spool;

/// <summary>Asks the system for stamps. On Linux one <c>statx</c> call gives size, time in nanoseconds and inode, which the framework does not offer together.</summary>
static unsafe partial class FileStat
{
    const int AtFdCwd = -100;
    const uint BasicStats = 0x7ff;

    /// <summary>Gives the stamp of a file, following links, or null when there is none or it cannot be asked.</summary>
    public static FileStamp? TryGet(string path)
    {
        if (!OperatingSystem.IsLinux())
            return TryGetPortable(path);
        Statx stat;
        return StatxCall(AtFdCwd, path, 0, BasicStats, &stat) == 0
            ? new FileStamp(stat.Size, checked(stat.Modified.Seconds * 1_000_000_000 + stat.Modified.Nanoseconds), stat.Inode)
            : null;
    }

    /// <summary>Gives what identifies a folder, following links, so that a loop of links can be noticed.</summary>
    public static (ulong Device, long Inode, string? Path) FolderIdentity(string path)
    {
        if (!OperatingSystem.IsLinux())
            return (0, 0, new DirectoryInfo(path).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? path);
        Statx stat;
        return StatxCall(AtFdCwd, path, 0, BasicStats, &stat) == 0 ? (((ulong)stat.DeviceMajor << 32) | stat.DeviceMinor, stat.Inode, null) : (0, 0, path);
    }

    static FileStamp? TryGetPortable(string path)
    {
        var file = new FileInfo(path);
        return file.Exists ? new FileStamp(file.Length, (file.LastWriteTimeUtc.Ticks - DateTime.UnixEpoch.Ticks) * 100, 0) : null;
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatxCall(int directory, string path, int flags, uint mask, Statx* result);

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
        uint _mask, _blockSize;
        ulong _attributes;
        uint _links, _user, _group;
        ushort _mode, _spare;
        public long Inode;
        public long Size;
        ulong _blocks, _attributesMask;
        StatxTime _accessed, _born, _changed;
        public StatxTime Modified;
        uint _rdevMajor, _rdevMinor;
        public uint DeviceMajor, DeviceMinor;
    }
}
