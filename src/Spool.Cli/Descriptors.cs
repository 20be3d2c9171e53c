using System.Runtime.InteropServices;

namespace Spool.Cli;

/// <summary>What has to be right with the descriptors of the process before it opens anything. It loads as little as it can: where the
/// program is not native code, each part of it is a file.</summary>
static partial class Descriptors
{
    const string NoFile = "/dev/null";
    const int ReadOnly = 0;
    const int LastStandardStream = 2;
    const int FromHere = 1; // SEEK_CUR
    const int FilesLimit = 7; // RLIMIT_NOFILE of Linux

    // Where the program is not native code, the runtime opens each of its assemblies when it is needed first; where it cannot, it ends the
    // process or says that a file is missing.
    static bool IsNative => AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") is null;

    /// <summary>Takes the places of standard streams that the caller has closed, so that no file which is opened later gets one of them and
    /// is written as if it were the output.</summary>
    public static void TakeClosedPlaces()
    {
        if (OperatingSystem.IsWindows())
            return;
        while (Open(NoFile, ReadOnly) is >= 0 and var place)
        {
            if (place > LastStandardStream)
            {
                _ = Close(place);
                return;
            }
        }
    }

    /// <summary>Says whether the process may open as many files as a command needs, up to 160 assemblies among them.</summary>
    public static bool AreEnough() => HaveRoomFor(IsNative ? 16 : 200);

    /// <summary>Says whether the process may open as many files as a server needs, which loads more while it answers (220 were seen), and
    /// some for its connections.</summary>
    public static bool AreEnoughToServe() => HaveRoomFor(IsNative ? 16 : 400);

    /// <summary>Says how many files a server may have open for long. The rest is for what it opens and closes again: the index (up to 48
    /// files), logs that are read, and its own parts.</summary>
    public static int ForLong() => Most() == int.MaxValue ? int.MaxValue : Math.Max(Most() - (IsNative ? 112 : 320), Most() / 2);

    /// <summary>Raises how many files the process may open to the most that it is allowed, as the runtime does where the program is not
    /// native code.</summary>
    public static void Raise()
    {
        if (OperatingSystem.IsLinux() && GetLimit(FilesLimit, out var limit) == 0 && limit.Now < limit.Most)
            _ = SetLimit(FilesLimit, limit with { Now = limit.Most });
    }

    /// <summary>Says how many files the process may open, or <see cref="int.MaxValue"/> where that is not known.</summary>
    public static int Most() =>
        OperatingSystem.IsLinux() && GetLimit(FilesLimit, out var limit) == 0 ? (int)Math.Min(limit.Now, int.MaxValue) : int.MaxValue;

    /// <summary>Says whether an open descriptor that is no terminal is a pipe or the like, whose reader takes what is written at
    /// once.</summary>
    public static bool IsPipe(int descriptor) => !OperatingSystem.IsWindows() && Seek(descriptor, 0, FromHere) < 0;

    static bool HaveRoomFor(int needed)
    {
        if (OperatingSystem.IsWindows())
            return true;
        Span<int> places = stackalloc int[needed];
        var count = 0;
        while (count < places.Length && Open(NoFile, ReadOnly) is >= 0 and var place)
            places[count++] = place;
        foreach (var place in places[..count])
            _ = Close(place);
        return count == places.Length;
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "lseek")]
    private static partial nint Seek(int descriptor, nint offset, int from);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "getrlimit")]
    private static partial int GetLimit(int resource, out Limit limit);

    [LibraryImport("libc", EntryPoint = "setrlimit")]
    private static partial int SetLimit(int resource, in Limit limit);

    // Its numbers are words of the processor.
    [StructLayout(LayoutKind.Sequential)]
    record struct Limit(nuint Now, nuint Most);
}
