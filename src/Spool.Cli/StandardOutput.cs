using Microsoft.Win32.SafeHandles;

namespace Spool.Cli;

/// <summary>Opens the standard output as a stream that says when its reader has gone.</summary>
static class StandardOutput
{
    const int BufferSize = 64 * 1024;
    const int Descriptor = 1;

    /// <summary>Opens it.</summary>
    /// <remarks>
    /// The console's own stream swallows a broken pipe, and a long export would run on for nobody; so pipes and terminals are written as files.
    /// A redirection to a file keeps the console's stream, because a file stream writes at positions of its own and others may share the file.
    /// </remarks>
    public static Stream Open()
    {
        if (OperatingSystem.IsWindows())
            return new BufferedStream(Console.OpenStandardOutput(), BufferSize);
        var file = new FileStream(new SafeFileHandle(Descriptor, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        return new BufferedStream(file.CanSeek ? Console.OpenStandardOutput() : file, BufferSize);
    }
}
