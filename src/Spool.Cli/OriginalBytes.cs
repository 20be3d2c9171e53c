using System.Runtime.InteropServices;
using System.Text.Unicode;

namespace Spool.Cli;

/// <summary>Finds the texts from outside that were no texts. The runtime gives U+FFFD for each byte that is not UTF-8, and such a name
/// would lead to another file than the one that was meant.</summary>
/// <remarks>A text without U+FFFD is what it was, and costs no look. One that was typed with it is legal, so the bytes decide.</remarks>
static unsafe partial class OriginalBytes
{
    const char Replacement = '\uFFFD';
    const string CommandLine = "/proc/self/cmdline";
    const int MostPathBytes = 64 * 1024;

    /// <summary>Gives the number of the first argument, from 1, whose bytes are not UTF-8, or null. Only Linux is asked; elsewhere names
    /// are Unicode.</summary>
    /// <param name="args">The words after the program's name.</param>
    public static int? FirstArgumentNotText(string[] args)
    {
        if (
            !OperatingSystem.IsLinux()
            || !Array.Exists(args, word => word.Contains(Replacement, StringComparison.Ordinal))
            || Arguments() is not { } words
            || words.Count < args.Length
        )
            return null;
        // Before them stand the program, and where it is not native code the runtime's.
        for (var i = 0; i < args.Length; i++)
        {
            if (args[i].Contains(Replacement, StringComparison.Ordinal) && !Utf8.IsValid(words[words.Count - args.Length + i]))
                return i + 1;
        }
        return null;
    }

    /// <summary>Says whether a variable of the environment is UTF-8.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="value">What the runtime says it is.</param>
    public static bool IsVariableText(string name, string value)
    {
        if (OperatingSystem.IsWindows() || !value.Contains(Replacement, StringComparison.Ordinal))
            return true;
        var bytes = GetVariable(name);
        return bytes is null || Utf8.IsValid(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(bytes));
    }

    /// <summary>Says whether the path of the current folder is UTF-8.</summary>
    /// <param name="folder">What the runtime says it is.</param>
    public static bool IsCurrentFolderText(string folder)
    {
        if (OperatingSystem.IsWindows() || !folder.Contains(Replacement, StringComparison.Ordinal))
            return true;
        var bytes = new byte[MostPathBytes];
        fixed (byte* start = bytes)
            return GetCurrentFolder(start, (nuint)bytes.Length) is not null
                && Utf8.IsValid(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(start));
    }

    static List<byte[]>? Arguments()
    {
        try
        {
            // Each ends with a zero byte.
            var all = File.ReadAllBytes(CommandLine).AsSpan();
            var words = new List<byte[]>();
            while (all.IndexOf((byte)0) is >= 0 and var end)
            {
                words.Add(all[..end].ToArray());
                all = all[(end + 1)..];
            }
            return words;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // a container without /proc
        }
    }

    [LibraryImport("libc", EntryPoint = "getenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial byte* GetVariable(string name);

    [LibraryImport("libc", EntryPoint = "getcwd")]
    private static partial byte* GetCurrentFolder(byte* place, nuint size);
}
