namespace Spool;

/// <summary>What went wrong while the index was used.</summary>
enum IndexFailure
{
    /// <summary>The file that was used is no longer the index: its errors say nothing of that.</summary>
    Replaced,

    /// <summary>The file itself is bad.</summary>
    Unusable,

    /// <summary>Anything else that SQLite says.</summary>
    Other,
}

/// <summary>What to do after an error.</summary>
enum IndexRemedy
{
    /// <summary>The use begins again, with what is the index now.</summary>
    Again,

    /// <summary>The file is set aside, and the use begins again with a new one.</summary>
    SetAside,

    /// <summary>The use begins again with an index in memory, if the error is of a kind that this helps against.</summary>
    KeepInMemory,

    /// <summary>The call ends with the error.</summary>
    GiveUp,
}

/// <summary>One use of the index, which may begin again a bounded number of times: the whole decision, without what is done about
/// it.</summary>
sealed class IndexUse
{
    const int MostErrors = 3;

    int _replacements,
        _errors;

    /// <summary>Decides what to do after an error.</summary>
    /// <param name="failure">What went wrong.</param>
    /// <param name="isInMemory">Whether the index that was used is in memory already.</param>
    public IndexRemedy After(IndexFailure failure, bool isInMemory)
    {
        if (failure == IndexFailure.Replaced && ++_replacements < IndexDatabase.MostReplacements)
            return IndexRemedy.Again;
        _errors++;
        if (failure == IndexFailure.Unusable && _errors == 1)
            return IndexRemedy.SetAside;
        return _errors > MostErrors || isInMemory ? IndexRemedy.GiveUp : IndexRemedy.KeepInMemory;
    }
}

/// <summary>The file is not an index, or not one of this version and home.</summary>
sealed class UnusableIndexException : Exception;

/// <summary>The file, or its folder, was removed or replaced each time that it was tried.</summary>
sealed class ReplacedIndexException : Exception;
