using System.Runtime.InteropServices;

namespace Spool.Cli;

/// <summary>What has to be right with the descriptors of the process before it opens anything. It loads as little as it can: where the program is not native code, each part of it is a file.</summary>
static partial class Descriptors
{
    const string NoFile = "/dev/null";
    const int ReadOnly = 0;
    const int LastStandardStream = 2;

    // More than any command needs to start and to answer. The runtime opens up to 160 assemblies, each when it is needed first; where it cannot, it ends the process or says that a file is missing.
    static int Needed => AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") is null ? 16 : 200;

    /// <summary>Takes the places of standard streams that the caller has closed, so that no file which is opened later gets one of them and is written as if it were the output.</summary>
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

    /// <summary>Says whether the process may open as many files as a command needs.</summary>
    public static bool AreEnough()
    {
        if (OperatingSystem.IsWindows())
            return true;
        Span<int> places = stackalloc int[Needed];
        var count = 0;
        while (count < places.Length && Open(NoFile, ReadOnly) is >= 0 and var place)
            places[count++] = place;
        foreach (var place in places[..count])
            _ = Close(place);
        return count == places.Length;
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
