using Microsoft.Win32.SafeHandles;

namespace Spool;

/// <summary>The only way in which files of a home are opened to be read: nothing that blocks and nothing that has no end is read.</summary>
/// <remarks>
/// What is at a path is asked of the open file, because a look beforehand may be overtaken. To open a pipe would wait for a program that
/// writes into it, so nothing waits here. The kernel's own files, such as <c>/proc/kmsg</c>, say that they are regular ones; their file
/// system shows what they are.
/// </remarks>
static class RegularFile
{
    // proc, sys, debugfs, tracefs, cgroup 1 and 2, bpf, securityfs, configfs, EFI variables.
    static readonly uint[] KernelKinds =
    [
        0x9fa0,
        0x62656572,
        0x64626720,
        0x74726163,
        0x27e0eb,
        0x63677270,
        0xcafe4a11,
        0x73636673,
        0x62656570,
        0xde5e81e4,
    ];

    /// <summary>What is said of something else in the place of a file.</summary>
    public const string Reason = "There is a pipe, a socket, a device or a file of the system's kernel in the place of the rollout.";

    /// <summary>Opens a file to be read. Shares it with every other use, deletion included, and takes no lock.</summary>
    /// <param name="path">The path; links are followed.</param>
    /// <exception cref="IOException">There is no such file, or it is no regular one (<see cref="IsNone"/>).</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static SafeFileHandle OpenRead(string path) =>
        OperatingSystem.IsLinux()
            ? Checked(LinuxCalls.Open(path, LinuxCalls.ReadOnly | LinuxCalls.NonBlocking))
            : File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);

    /// <summary>Opens a file as a stream to be read.</summary>
    /// <inheritdoc cref="OpenRead"/>
    public static FileStream OpenStream(string path, int bufferSize = 4096) => new(OpenRead(path), FileAccess.Read, bufferSize);

    /// <summary>Refuses what is open and no regular file, and closes it. Only on Linux.</summary>
    public static SafeFileHandle Checked(SafeFileHandle file)
    {
        if (FileStat.TryGet(file) is not null && !(LinuxCalls.FileSystemKind(file) is { } kind && KernelKinds.Contains(kind)))
            return file;
        file.Dispose();
        throw new NotRegularException();
    }

    /// <summary>Says whether an error means that there is something else in the place of a file.</summary>
    public static bool IsNone(Exception e) => e is NotRegularException;

    sealed class NotRegularException() : IOException(Reason);
}
