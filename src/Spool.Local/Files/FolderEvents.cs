using System.Diagnostics.CodeAnalysis;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Spool;

/// <summary>What the system tells of changes in folders (inotify): every name that was added, removed or renamed before the queue is read
/// is in it, whatever program did it.</summary>
/// <remarks>That holds where only this machine's kernel changes the disk, so other kinds of file systems are not watched. Not safe for use
/// by several threads at once.</remarks>
sealed class FolderEvents : IDisposable
{
    // ext2 to 4, XFS, Btrfs, tmpfs, overlayfs, ZFS, F2FS, bcachefs, ramfs. What another machine or program may change below the kernel
    // (network, FUSE, 9P) is none of them.
    static readonly uint[] LocalKinds =
    [
        0xef53,
        0x58465342,
        0x9123683e,
        0x01021994,
        0x794c7630,
        0x2fc12fc1,
        0xf2f52010,
        0xca451a4e,
        0x858458f6,
    ];

    const uint NameChanges = 0x40 | 0x80 | 0x100 | 0x200; // moved from, moved to, created, deleted
    const uint OwnChanges = 0x400 | 0x800; // the folder itself was deleted or moved
    const uint OnlyFolders = 0x0100_0000;
    const uint Unmounted = 0x2000;
    const uint Overflow = 0x4000;
    const uint WatchEnded = 0x8000;
    const int HeaderBytes = 16;

    readonly SafeFileHandle _queue;
    readonly byte[] _buffer = new byte[16 * 1024];

    FolderEvents(SafeFileHandle queue) => _queue = queue;

    /// <summary>Opens a queue.</summary>
    /// <returns>Whether the system has one for us.</returns>
    public static bool TryOpen([NotNullWhen(true)] out FolderEvents? events)
    {
        events = OperatingSystem.IsLinux() && LinuxCalls.TryOpenEvents() is { } queue ? new FolderEvents(queue) : null;
        return events is not null;
    }

    /// <summary>Begins to watch a folder. What is there already tells nothing; what changes from now on does.</summary>
    /// <param name="path">Its absolute path; links are followed.</param>
    /// <returns>The watch, or null when it cannot be watched or not every change would be reported. A folder that is watched already has
    /// the same watch again.</returns>
    public int? TryWatch(string path) =>
        LinuxCalls.FileSystemKind(path) is { } kind
        && LocalKinds.Contains(kind)
        && LinuxCalls.AddWatch(_queue, path, NameChanges | OwnChanges | OnlyFolders) is >= 0 and var watch
            ? watch
            : null;

    /// <summary>Ends a watch.</summary>
    public void End(int watch) => LinuxCalls.RemoveWatch(_queue, watch);

    /// <summary>Takes everything out of the queue.</summary>
    /// <param name="changed">Is called with the watch and the name that changed; without a name the watch tells no more, or is of a folder
    /// that has another path now.</param>
    /// <returns>Whether nothing was lost; else whatever was known of any folder may be old.</returns>
    public bool TryDrain(Action<int, string?> changed)
    {
        var isWhole = true;
        while (LinuxCalls.ReadEvents(_queue, _buffer) is var read and not 0)
        {
            if (read < 0)
                return false;
            for (var rest = _buffer.AsSpan(0, read); rest.Length >= HeaderBytes; )
            {
                var (watch, what) = (BitConverter.ToInt32(rest), BitConverter.ToUInt32(rest[4..]));
                var length = BitConverter.ToInt32(rest[12..]);
                isWhole &= (what & Overflow) == 0;
                if ((what & (OwnChanges | Unmounted | WatchEnded)) != 0)
                    changed(watch, null);
                else if ((what & NameChanges) != 0)
                    changed(watch, Encoding.UTF8.GetString(rest.Slice(HeaderBytes, length).TrimEnd((byte)0)));
                rest = rest[(HeaderBytes + length)..];
            }
        }
        return isWhole;
    }

    public void Dispose() => _queue.Dispose();
}
