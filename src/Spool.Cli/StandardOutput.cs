using System.Runtime.InteropServices;

namespace Spool.Cli;

/// <summary>Opens the standard output as a stream that says when its reader has gone, and the output for words as one that never
/// fails.</summary>
static partial class StandardOutput
{
    const int BufferSize = 64 * 1024;
    const int Output = 1;
    const int Error = 2;
    const int GetFlags = 3;
    const int AccessMode = 3;
    const int ReadOnly = 0;
    const int BrokenPipe = 32;
    const int Interrupted = 4;
    const short PollOut = 4;

    static readonly int WouldBlock = OperatingSystem.IsLinux() ? 11 : 35;

    /// <summary>Opens the standard output.</summary>
    /// <remarks>
    /// The console's own stream swallows a broken pipe, so that a long export would run on unread, and switches a terminal to another
    /// mode; a file stream writes at positions of its own, and others may share the file. So the system is asked to write. An output that
    /// the caller has closed is one whose reader has gone.
    /// </remarks>
    public static Stream Open()
    {
        if (OperatingSystem.IsWindows())
            return new BufferedStream(Console.OpenStandardOutput(), BufferSize);
        return IsWritable(Output) ? new BufferedStream(new SystemOutput(Output), BufferSize) : new ClosedOutput();
    }

    /// <summary>Opens the output for words. Words that find no place are lost; the exit code says what they said.</summary>
    public static Stream OpenForWords() =>
        OperatingSystem.IsWindows() ? Console.OpenStandardError()
        : IsWritable(Error) ? new TolerantOutput(new SystemOutput(Error))
        : Stream.Null;

    static bool IsWritable(int descriptor) => FlagsCall(descriptor, GetFlags) is >= 0 and var flags && (flags & AccessMode) != ReadOnly;

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint WriteCall(int descriptor, ReadOnlySpan<byte> bytes, nuint count);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int PollCall(ref PollRequest request, nuint count, int timeout);

    [LibraryImport("libc", EntryPoint = "fcntl")]
    private static partial int FlagsCall(int descriptor, int command);

    [StructLayout(LayoutKind.Sequential)]
    struct PollRequest
    {
        public int Descriptor;
        public short Events;
        short _returned;
    }

    abstract class OutputOnly : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Flush() { }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        // What a stream does not override it leaves to the thread pool; where the process may start no more threads, none would ever
        // answer.
        public override Task FlushAsync(CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Flush();
            return Task.CompletedTask;
        }

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Write(buffer.Span);
            return ValueTask.CompletedTask;
        }
    }

    sealed class SystemOutput(int descriptor) : OutputOnly
    {
        public override void Write(ReadOnlySpan<byte> buffer)
        {
            while (buffer.Length > 0)
            {
                var written = WriteCall(descriptor, buffer, (nuint)buffer.Length);
                if (written >= 0)
                {
                    buffer = buffer[(int)written..];
                    continue;
                }
                var error = Marshal.GetLastPInvokeError();
                if (error == WouldBlock)
                {
                    // The output was given to the process in a mode in which a write does not wait; so the wait is here.
                    var request = new PollRequest { Descriptor = descriptor, Events = PollOut };
                    _ = PollCall(ref request, 1, -1);
                }
                else if (error != Interrupted)
                    throw Failure(error);
            }
        }
    }

    // The system says what is wrong, and not with which file.
    static IOException Failure(int error)
    {
        var system = new IOException(Marshal.GetPInvokeErrorMessage(error), error);
        return OutputErrors.IsFull(system) ? new IOException(OutputErrors.Full, error) : system;
    }

    sealed class ClosedOutput : OutputOnly
    {
        public override void Write(ReadOnlySpan<byte> buffer) => throw new IOException("The output is closed.", BrokenPipe);
    }

    sealed class TolerantOutput(Stream inner) : OutputOnly
    {
        public override void Write(ReadOnlySpan<byte> buffer)
        {
            try
            {
                inner.Write(buffer);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // A full disk, or a terminal that is gone.
            }
        }
    }
}
