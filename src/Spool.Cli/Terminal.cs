using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Spool.Cli;

/// <summary>Asks the terminal and the person in front of it, and leaves the terminal as it is.</summary>
/// <remarks>The framework's console switches a terminal to another mode (application keys) when it is asked for its width or read from, and
/// that stays behind.</remarks>
static partial class Terminal
{
    const int UsualWidth = 80;
    const nuint AskForSize = 0x5413; // TIOCGWINSZ

    /// <summary>Gives the width of the terminal that an output is, in cells.</summary>
    /// <param name="descriptor">The output: 1 or 2.</param>
    /// <param name="columns">What the environment says (<c>COLUMNS</c>), for a terminal that does not.</param>
    public static int Width(int descriptor, string? columns)
    {
        if (OperatingSystem.IsWindows())
            return Console.WindowWidth is > 0 and var width ? width : UsualWidth;
        if (OperatingSystem.IsLinux() && SizeCall(descriptor, AskForSize, out var size) == 0 && size.Columns > 0)
            return size.Columns;
        return int.TryParse(columns, System.Globalization.CultureInfo.InvariantCulture, out var said) && said > 0 ? said : UsualWidth;
    }

    /// <summary>Gives what a person types, line by line. Nothing is read before it is asked for.</summary>
    public static TextReader Answers() =>
        OperatingSystem.IsWindows()
            ? Console.In
            : new StreamReader(
                new FileStream(new SafeFileHandle(0, ownsHandle: false), FileAccess.Read, bufferSize: 0),
                new UTF8Encoding(false)
            );

    [LibraryImport("libc", EntryPoint = "ioctl")]
    private static partial int SizeCall(int descriptor, nuint request, out WindowSize size);

    [StructLayout(LayoutKind.Sequential)]
    struct WindowSize
    {
        ushort _rows;
        public ushort Columns;
        ushort _width,
            _height;
    }
}
