namespace Spool.Cli;

/// <summary>Says where the pictures of a transcript are.</summary>
interface IPictures
{
    /// <summary>Gets the sources that a page may load pictures from, as a content security policy names them.</summary>
    string Sources { get; }

    /// <summary>Gets how many there are, and where, for the person that gets the transcript; empty where there is none.</summary>
    string Words { get; }

    /// <summary>Gives the address of a picture, in letters that mean nothing to HTML and Markdown; or null when it is only to be
    /// named.</summary>
    string? AddressOf(StoredPicture picture);
}

/// <summary>Pictures that are in the transcript itself.</summary>
sealed class InlinePictures : IPictures
{
    int _count;

    public string Sources => "data:";

    public string Words => _count == 0 ? "" : $"{ThreadLinks.Count(_count, "picture", "pictures")} in it";

    public string AddressOf(StoredPicture picture)
    {
        _count++;
        return picture.Address;
    }
}

/// <summary>Pictures that are only named.</summary>
sealed class NoPictures : IPictures
{
    public string Sources => "'none'";

    public string Words => "";

    public string? AddressOf(StoredPicture picture) => null;
}
