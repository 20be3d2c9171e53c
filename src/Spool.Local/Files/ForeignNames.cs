using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;
using Microsoft.Win32.SafeHandles;

namespace Spool;

/// <summary>Finds, and deletes, what is below names that are not UTF-8. No path of the framework leads there, so rollouts are listed and
/// cannot be read.</summary>
static unsafe partial class ForeignNames
{
    const int MaxDepth = 32;
    const int NameOffset = 19; // of an entry as Linux gives it: inode 8, place 8, length 2, kind 1
    const int KindOffset = 18;
    const char ForeignByte = '\udc00';
    const byte FolderKind = 4;
    const byte FileKind = 8;
    const byte LinkKind = 10;
    const byte UnknownKind = 0;
    const int OpenAsPlace = 0x200000 | 0x80000; // O_PATH | O_CLOEXEC

    /// <summary>Why such a rollout cannot be read.</summary>
    public const string Reason = "Its name, or that of a folder above it, is not UTF-8, so it is not read; rename it.";

    /// <summary>Gives the rollouts of a folder whose names, or those of folders above them, are not UTF-8. In their paths a byte that does
    /// not fit is written as <c>\xE9</c>.</summary>
    /// <param name="absolute">The folder.</param>
    /// <param name="place">Its path in the home.</param>
    public static IEnumerable<ScannedRollout> RolloutsIn(string absolute, string place)
    {
        var found = new List<ScannedRollout>();
        if (OperatingSystem.IsLinux())
            Walk(Encoding.UTF8.GetBytes(absolute), place, isBelow: false, 0, found);
        return found;
    }

    /// <summary>Says whether a path is one that is written here because the real one is no text.</summary>
    public static bool IsEscaped(string path)
    {
        for (var at = path.IndexOf("\\x", StringComparison.Ordinal); at >= 0; at = path.IndexOf("\\x", at + 2, StringComparison.Ordinal))
        {
            if (path.Length >= at + 4 && char.IsAsciiHexDigitUpper(path[at + 2]) && char.IsAsciiHexDigitUpper(path[at + 3]))
                return true;
        }
        return false;
    }

    /// <summary>Gives what is in a folder and has a name that is not UTF-8: the name, how it is written here, and what it is; a link, and
    /// what the system does not tell from one, is <see cref="PlaceKind.Unknown"/>.</summary>
    public static IEnumerable<(byte[] Name, string Text, PlaceKind Kind)> In(string absolute) =>
        OperatingSystem.IsLinux()
            ? Entries(Encoding.UTF8.GetBytes(absolute))
                .Where(entry => !Utf8.IsValid(entry.Name) && entry.Kind != PlaceKind.Special)
                .Select(entry => (entry.Name, Escape(entry.Name), entry.Kind))
            : [];

    /// <summary>Opens what is at a path, whatever it is, as a place: nothing is read of it, and <see cref="PathOf"/> leads to it.</summary>
    /// <returns>The place, or null when the system does not let us there.</returns>
    public static SafeFileHandle? Open(byte[] place)
    {
        fixed (byte* path = (byte[])[.. place, 0])
            return OpenCall(path, OpenAsPlace) is >= 0 and var descriptor ? new SafeFileHandle(descriptor, ownsHandle: true) : null;
    }

    /// <summary>Gives a path that leads to a place for as long as it is open.</summary>
    public static string PathOf(SafeFileHandle place) =>
        string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{place.DangerousGetHandle()}");

    /// <summary>Writes a path as a text that stands for exactly its bytes: each that is no UTF-8 is a low surrogate alone, which no other
    /// path has. The framework finds nothing there; <see cref="Delete"/> and <see cref="SyncFolder"/> do.</summary>
    public static string Encode(ReadOnlySpan<byte> path)
    {
        var text = new StringBuilder();
        while (!path.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(path, out var rune, out var length) == System.Buffers.OperationStatus.Done)
                text.Append(rune.ToString());
            else
            {
                foreach (var b in path[..length])
                    text.Append((char)(ForeignByte + b));
            }
            path = path[length..];
        }
        return text.ToString();
    }

    /// <summary>Gives the bytes of a path that <see cref="Encode"/> wrote; null for one that the framework finds by itself.</summary>
    public static byte[]? Decode(string path)
    {
        var bytes = new List<byte>(path.Length);
        var isForeign = false;
        Span<byte> utf8 = stackalloc byte[4];
        for (var rest = path.AsSpan(); !rest.IsEmpty; )
        {
            if (Rune.DecodeFromUtf16(rest, out var rune, out var length) == System.Buffers.OperationStatus.Done)
                bytes.AddRange(utf8[..rune.EncodeToUtf8(utf8)]);
            else if (rest[0] - ForeignByte is >= 0x80 and <= 0xff and var foreign)
            {
                isForeign = true;
                bytes.Add((byte)foreign);
            }
            else
                return null;
            rest = rest[length..];
        }
        return isForeign ? [.. bytes] : null;
    }

    /// <summary>Gives what to call such a path, with <c>\xE9</c> for a byte that does not fit; every other one as it is.</summary>
    public static string Written(string path) => Decode(path) is { } bytes ? Escape(bytes) : path;

    /// <summary>Deletes a file.</summary>
    /// <returns>Whether there was one.</returns>
    /// <exception cref="IOException">It cannot be deleted.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be deleted.</exception>
    public static bool Delete(byte[] place)
    {
        using (var file = Open(place))
        {
            if (file is null)
                return false;
        }
        fixed (byte* path = (byte[])[.. place, 0])
            LinuxCalls.Check(DeleteCall(path));
        return true;
    }

    /// <summary>Puts the entries of a folder on the disk.</summary>
    /// <inheritdoc cref="Delete"/>
    public static void SyncFolder(byte[] place)
    {
        using var folder = Open(place);
        if (folder is not null)
            LinuxCalls.SyncFolder(PathOf(folder));
    }

    static void Walk(byte[] folder, string place, bool isBelow, int depth, List<ScannedRollout> found)
    {
        foreach (var (name, kind) in Entries(folder))
        {
            var isForeign = isBelow || !Utf8.IsValid(name);
            var text = Escape(name);
            if (!isForeign)
                continue;
            if (kind == PlaceKind.Folder && depth < MaxDepth)
                Walk([.. folder, (byte)'/', .. name], $"{place}/{text}", isBelow: true, depth + 1, found);
            else if (RolloutFileName.IsRollout(text))
                found.Add(new ScannedRollout($"{place}/{text}", FileStamp.None, Reason));
        }
    }

    static List<(byte[] Name, PlaceKind Kind)> Entries(byte[] folder)
    {
        var entries = new List<(byte[], PlaceKind)>();
        nint open;
        fixed (byte* path = (byte[])[.. folder, 0])
            open = OpenFolder(path);
        if (open == 0)
            return entries;
        for (var entry = ReadFolder(open); entry is not null; entry = ReadFolder(open))
        {
            var name = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(entry + NameOffset).ToArray();
            if (name is not ([(byte)'.'] or [(byte)'.', (byte)'.']))
                entries.Add(
                    (
                        name,
                        entry[KindOffset] switch
                        {
                            FolderKind => PlaceKind.Folder,
                            FileKind => PlaceKind.File,
                            LinkKind or UnknownKind => PlaceKind.Unknown,
                            _ => PlaceKind.Special,
                        }
                    )
                );
        }
        _ = CloseFolder(open);
        return entries;
    }

    static string Escape(ReadOnlySpan<byte> name)
    {
        var text = new StringBuilder();
        while (!name.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(name, out var rune, out var length) == System.Buffers.OperationStatus.Done)
                text.Append(rune.ToString());
            else
            {
                foreach (var b in name[..length])
                    text.Append(CultureInfo.InvariantCulture, $"\\x{b:X2}");
            }
            name = name[length..];
        }
        return text.ToString();
    }

    [LibraryImport("libc", EntryPoint = "opendir")]
    private static partial nint OpenFolder(byte* path);

    [LibraryImport("libc", EntryPoint = "readdir")]
    private static partial byte* ReadFolder(nint folder);

    [LibraryImport("libc", EntryPoint = "closedir")]
    private static partial int CloseFolder(nint folder);

    [LibraryImport("libc", EntryPoint = "open")]
    private static partial int OpenCall(byte* path, int flags);

    [LibraryImport("libc", EntryPoint = "unlink", SetLastError = true)]
    private static partial int DeleteCall(byte* path);
}
